// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Home from './Home.svelte';

mount(Home, { target: appTarget() });
