// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Vote from './Vote.svelte';

mount(Vote, { target: appTarget() });
