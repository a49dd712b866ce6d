// SPDX-License-Identifier: EUPL-1.2
// Which projects exclude each other according to the comment of a file (section 13.1).

const CONFLICT_WORDS = ['simultaneously', 'mutually exclusive', 'exclude', 'overlap', 'conflict'];
const OPENING = 'projects ';

/** The groups of two or more projects that the comment names, in its order. */
export function commentConflicts(comment: string, ids: ReadonlySet<string>): string[][] {
  const groups: string[][] = [];
  for (const sentence of sentences(comment)) {
    // Letters beyond A to Z would change lengths, or differ from one language to another.
    const plain = sentence.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    if (!CONFLICT_WORDS.some((word) => plain.includes(word))) continue;
    for (let at = plain.indexOf(OPENING); at >= 0; at = plain.indexOf(OPENING, at + 1)) {
      const group = listedIds(sentence.slice(at + OPENING.length), ids);
      if (group.length >= 2) groups.push(group);
    }
  }
  return groups;
}

/** Ends with a full stop, an exclamation or a question mark before a space, and before a remark such as `#2:`. */
function sentences(comment: string): string[] {
  const found: string[] = [];
  let begin = 0;
  const cut = (end: number): void => {
    found.push(comment.slice(begin, end));
    begin = end;
  };
  const remark = /#[0-9]+:/y;
  for (let i = 0; i < comment.length; i += 1) {
    remark.lastIndex = i;
    if (remark.test(comment)) cut(i);
    if (!'.!?'.includes(comment[i]!) || comment[i + 1] !== ' ') continue;
    // A short word in small letters is an abbreviation.
    if (comment[i] === '.' && /(^|[ (])[a-z]{0,3}$/.test(comment.slice(Math.max(begin, i - 4), i))) continue;
    cut(i + 1);
  }
  cut(comment.length);
  return found;
}

/** "459, 1687, and 2150 overlapped": the ids up to the first word that is none. */
function listedIds(text: string, ids: ReadonlySet<string>): string[] {
  const list = new Set<string>();
  for (const word of text.split(/[ ,]+/)) {
    if (['', 'and', 'or', '&'].includes(word)) continue;
    const id = !ids.has(word) && word.endsWith('.') ? word.slice(0, -1) : word;
    if (!ids.has(id)) break;
    list.add(id);
  }
  return [...list];
}
