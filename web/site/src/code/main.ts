// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Code from './Code.svelte';

mount(Code, { target: appTarget() });
