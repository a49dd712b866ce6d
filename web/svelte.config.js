// SPDX-License-Identifier: EUPL-1.2
// Of all pages. Elements are made one by one, never from strings of HTML: the pages' policy allows no
// such strings (require-trusted-types-for 'script').
export default { compilerOptions: { fragments: 'tree', runes: true } };
