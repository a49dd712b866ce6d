// SPDX-License-Identifier: EUPL-1.2
// What programs that use the verifier import.

export { verifyRecord, type Options, type Progress } from './verify.js';
export { FilesSource, HttpSource, MemorySource, type RecordSource } from './source.js';
export { SiteOnTheWeb } from './site.js';
export * from './report.js';
