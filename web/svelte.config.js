// SPDX-License-Identifier: EUPL-1.2
// Of all pages. Elements are made one by one, never from strings of HTML: the pages' policy allows no
// such strings (require-trusted-types-for 'script'). What the compiler names after files, it names
// after their place below this folder, so that the same sources give the same bytes everywhere.
import { fileURLToPath } from 'node:url';

export default {
  compilerOptions: {
    fragments: 'tree',
    runes: true,
    rootDir: fileURLToPath(new URL('.', import.meta.url)),
    cssHash: ({ hash, css }) => `s-${hash(css)}`,
  },
};
