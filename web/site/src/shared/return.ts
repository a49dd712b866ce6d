// SPDX-License-Identifier: EUPL-1.2

/** Of the tab's storage: the page that a sign-in at the identity provider comes back to, if not the voter's. */
export const RETURN_KEY = 'urna.return';
