// SPDX-License-Identifier: EUPL-1.2
// Invented residents with numbers that look right: no name, number or telephone here is anybody's on
// purpose. The same seed gives the same people.

const women = ['Anna', 'Maria', 'Katarzyna', 'Małgorzata', 'Agnieszka', 'Barbara', 'Ewa', 'Krystyna', 'Zofia', 'Hanna'];
const men = ['Piotr', 'Krzysztof', 'Andrzej', 'Tomasz', 'Jan', 'Paweł', 'Michał', 'Marcin', 'Stanisław', 'Łukasz'];
const roots = ['Brzoz', 'Dąb', 'Gór', 'Jawor', 'Kalin', 'Lipi', 'Malin', 'Olsz', 'Sosn', 'Wierzb', 'Zielon', 'Żuraw'];
const ends = { f: ['owska', 'icka', 'ińska', 'ewska'], m: ['owski', 'icki', 'iński', 'ewski'] };

// mulberry32: a small generator, for invented data only.
function generator(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const streets = ['Akacjowa', 'Bukowa', 'Cisowa', 'Grabowa', 'Jesionowa', 'Klonowa', 'Modrzewiowa', 'Świerkowa', 'Topolowa', 'Wiązowa'];

const two = (number) => String(number).padStart(2, '0');

export function withCheckDigit(ten) {
  const weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(ten[i]), 0);
  return ten + String((10 - (sum % 10)) % 10);
}

// `places`: [{district, pools: [ids], count}]. Everybody is grown up and has a telephone.
export function inventResidents(places, seed) {
  const random = generator(seed);
  const residents = [];
  const seen = new Set();
  for (const place of places) {
    for (let k = 0; k < place.count; ++k) {
      const n = residents.length;
      const female = random(2) === 1;
      let year;
      let month;
      let day;
      let pesel;
      do {
        year = 1940 + random(66);
        month = 1 + random(12);
        day = 1 + random(28);
        const serial = String(Math.floor(n / 5) % 1000).padStart(3, '0') + String(2 * (n % 5) + (female ? 0 : 1));
        pesel = withCheckDigit(two(year % 100) + two(year < 2000 ? month : month + 20) + two(day) + serial);
      } while (seen.has(pesel));
      seen.add(pesel);
      residents.push({
        kind: 'pesel',
        first_name: (female ? women : men)[random(10)],
        last_name: roots[random(roots.length)] + ends[female ? 'f' : 'm'][random(4)],
        pesel,
        birth_date: `${year}-${two(month)}-${two(day)}`,
        district: place.district,
        street: `ul. ${streets[random(streets.length)]}`,
        house: String(1 + random(180)),
        flat: random(3) === 0 ? '' : String(1 + random(90)),
        postcode: `${two(10 + random(80))}-${String(random(1000)).padStart(3, '0')}`,
        city: 'Miasto na niby',
        // Each n its own number, and none so regular that other bytes hold it by chance.
        phone: `+485${String((n * 61803397 + 31415927) % 100_000_000).padStart(8, '0')}`,
        // Every third has an e-mail address beside the telephone.
        email: n % 3 === 0 ? `resident${n}@example.org` : '',
        pools: place.pools,
      });
    }
  }
  return residents;
}

// Children whom the register names guardians for: the first has four, those after it one each. The
// youngest are born in `year`.
export function inventChildren(guardians, count, year) {
  return Array.from({ length: count }, (_, n) => {
    const guardian = guardians[Math.max(0, n - 3)];
    const born = year - (n % 10);
    const [month, day] = [1, 1 + (n % 28)];
    const serial = String(900 + Math.floor(n / 5)).padStart(3, '0') + String(2 * (n % 5));
    return {
      kind: 'pesel',
      first_name: women[n % 10],
      last_name: guardian.last_name,
      pesel: withCheckDigit(two(born % 100) + two(month + 20) + two(day) + serial),
      birth_date: `${born}-${two(month)}-${two(day)}`,
      ...Object.fromEntries(['district', 'street', 'house', 'flat', 'postcode', 'city', 'pools'].map((name) => [name, guardian[name]])),
      phone: '',
      email: '',
      guardian_pesel: guardian.pesel,
    };
  });
}

// The register's file, as the registrar imports it.
export function registerFile(residents) {
  const columns = ['first_name', 'last_name', 'pesel', 'street', 'house', 'flat', 'postcode', 'city', 'district', 'phone', 'email', 'guardian_pesel'];
  const rows = residents.map((one) => columns.map((name) => one[name] ?? '').join(','));
  return [columns.join(','), ...rows, ''].join('\n');
}
