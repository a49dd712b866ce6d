// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Verify from './Verify.svelte';

mount(Verify, { target: appTarget() });
