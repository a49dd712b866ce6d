// SPDX-License-Identifier: EUPL-1.2
// The words of Pabulib for what projects are about, as people say them. Others are a city's own and shown as they are.
import { LANGUAGES, language } from '$ui/language.svelte';

/** By Pabulib's word, in the order of LANGUAGES. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  culture: ['kultura', 'culture'],
  education: ['edukacja', 'education'],
  'environmental protection': ['ochrona środowiska', 'environmental protection'],
  health: ['zdrowie', 'health'],
  'public space': ['przestrzeń publiczna', 'public space'],
  'public transit and roads': ['komunikacja i drogi', 'public transit and roads'],
  sport: ['sport', 'sport'],
  'urban greenery': ['zieleń miejska', 'urban greenery'],
  welfare: ['pomoc społeczna', 'welfare'],
};

/** Reading it in a template or `$derived` follows the language. */
export function topicInWords(topic: string): string {
  const words = Object.hasOwn(WORDS, topic) ? WORDS[topic] : undefined;
  return words?.[LANGUAGES.indexOf(language.now)] ?? topic;
}
