// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Points from './Points.svelte';

mount(Points, { target: appTarget() });
