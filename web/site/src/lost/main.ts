// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Lost from './Lost.svelte';

mount(Lost, { target: appTarget() });
