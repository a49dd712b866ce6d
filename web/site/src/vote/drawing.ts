// SPDX-License-Identifier: EUPL-1.2
// What draws maps, in one piece: loaded when somebody wants to see one.
export { default as Map } from '$ui/Map.svelte';
export { polygonsOf } from '$ui/map';
