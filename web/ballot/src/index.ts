// SPDX-License-Identifier: EUPL-1.2
// Ballots made in the browser: encryption, proofs, signatures, entries, challenges, receipts.

export { forgetSecret, makeBallot, warmUp } from './ballot.js';
export { castBallot, lookFor, nextBallot, submitAudited, type CastOptions } from './cast.js';
export { forgetVoterKey, newVoterKey, readCertificate, restoreVoterKey } from './certificate.js';
export { checkChallenge, entryHash, revealChallenge } from './challenge.js';
export { checkChoice } from './choice.js';
export { fromBase64, readCode, shortCode, toBase64 } from './code.js';
export { checkEdition, loadEdition, restoreEdition } from './edition.js';
export { BallotError, type Trouble } from './problems.js';
export { checkAgainstBoard, checkReceipt, makeReceipt, type BoardCheckOptions } from './receipt.js';
export { loadState, loadToldEdition } from './told-edition.js';
export type * from './types.js';
