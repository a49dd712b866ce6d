// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Results from './Results.svelte';

mount(Results, { target: appTarget() });
