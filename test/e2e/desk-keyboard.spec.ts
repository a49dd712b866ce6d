// SPDX-License-Identifier: EUPL-1.2
// An official without a mouse: invitation, passkey, signing in, a new edition. The whole way, opening,
// extending, annulling and closing by keyboard included, is desk.spec.ts.
import { test } from "@playwright/test";
import { beginEdition, browserOf, expect, register, signInAgain, startDesk, type Desk } from "./office";

let desk: Desk;
test.use({ actionTimeout: 30_000, navigationTimeout: 60_000 });
test.beforeAll(async () => {
  desk = await startDesk();
});
test.afterAll(() => desk?.stop());

test("by keyboard from the invitation to the calendar of an edition", async ({ browser }) => {
  const anna = await browserOf(browser, desk);
  await register(anna, desk, "Anna Nowak");
  await signInAgain(anna);
  await beginEdition(anna, 48);
  expect(anna.complaints).toEqual([]);
});
