import type { RequestFacts } from "../../../routing/match/facts.ts";

/** A visitor in Berlin; tests change what they are about. */
export const FACTS: RequestFacts = {
  method: "GET",
  scheme: "https",
  host: "shop.example",
  path: "/articles/2008/index.html",
  query: "id=7&q=caf%C3%A9+au",
  headers: {
    "content-type": "application/json",
    cookie: 'session=abc; theme=dark; theme=light; na%6De=x; quoted="a b"; bare',
    "user-agent": "Mozilla/5.0 (X11; Linux)",
    accept: "text/html, application/json",
    "x-empty": "",
    "x-number": "42",
  },
  clientIp: "203.0.113.9",
  country: "DE",
  continent: "EU",
  asn: 3320,
  latitude: 52.5,
  longitude: 13.4,
  colo: "FRA",
  coloRegion: "WEU",
};

export const facts = (changed: Partial<RequestFacts>): RequestFacts => ({ ...FACTS, ...changed });

/** Nothing is known of the visitor, and nothing was sent. */
export const NOBODY: RequestFacts = {
  method: "GET",
  scheme: "http",
  host: "shop.example",
  path: "/",
  query: "",
  headers: {},
  clientIp: "",
  colo: "",
};
