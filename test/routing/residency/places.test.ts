import { describe, expect, test } from "vitest";
import { countriesIn, isCountry, isPlace, UNIONS } from "../../../routing/residency/places.ts";

describe("the words for places", () => {
  test("are countries and two unions", () => {
    expect(["DE", "US", "EU", "EEA"].map(isPlace)).toEqual([true, true, true, true]);
    expect(["EU", "EEA"].map(isCountry)).toEqual([false, false]);
  });

  test.each(["", "de", "UK", "Europe", "WEU", "OC", "XX", "T1", "constructor", "__proto__"])(
    "are not %j",
    (word) => expect(isPlace(word)).toBe(false),
  );

  test("the EU has 27 members and the EEA three more, all of them countries", () => {
    expect([UNIONS["EU"]?.length, UNIONS["EEA"]?.length]).toEqual([27, 30]);
    expect(UNIONS["EEA"]?.filter((code) => !isCountry(code))).toEqual([]);
    const more = UNIONS["EEA"]?.filter((code) => !UNIONS["EU"]?.includes(code));
    expect(more).toEqual(["IS", "LI", "NO"]);
  });
});

describe("a list of places allows", () => {
  test("its countries and the members of its unions, and no others", () => {
    const countries = countriesIn(["EU", "CH"]);
    expect(["DE", "CY", "CH"].filter((code) => countries.has(code))).toEqual(["DE", "CY", "CH"]);
    expect(["GB", "NO", "US", "EU", ""].filter((code) => countries.has(code))).toEqual([]);
  });

  // A newer writer may have more words, an older one had others.
  test("nothing for a word that nobody knows, and the rest for those beside it", () => {
    expect([...countriesIn(["Europe", "DE", "MERCOSUR"])]).toEqual(["DE"]);
  });

  test.each([[[]], [["Europe"]], [null], ["DE"], [7], [{ 0: "DE", length: 1 }], [[["DE"]]]])(
    "nothing when it is %j",
    (list: unknown) => expect(countriesIn(list).size).toBe(0),
  );
});
