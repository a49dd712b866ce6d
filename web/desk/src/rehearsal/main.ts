// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import Rehearsal from './Rehearsal.svelte';

const target = document.getElementById('app');
if (target !== null) mount(Rehearsal, { target });
