// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import { appTarget } from '../shared/target';
import Board from './Board.svelte';

mount(Board, { target: appTarget() });
