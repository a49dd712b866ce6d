// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Accessibility from './Accessibility.svelte';

mount(Accessibility, { target: appTarget() });
