// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Check from './Check.svelte';

mount(Check, { target: appTarget() });
