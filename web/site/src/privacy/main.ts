// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Privacy from './Privacy.svelte';

mount(Privacy, { target: appTarget() });
