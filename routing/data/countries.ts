/**
 * Which of the vendor's 13 steering regions a country is in, by ISO 3166-1 alpha-2 code.
 *
 * The vendor publishes the codes and their names and answers for single countries only through its API, so the
 * membership is our rule: the UN M49 sub-regions, Northern South America = the Caribbean, Central America and the
 * states on the north coast. The United States and Canada span two regions and are split by longitude in
 * `geo.ts`; here is the part that most of their people live in.
 */
import type { SteeringRegion } from "../model.ts";

export const COUNTRIES: Readonly<Record<SteeringRegion, string>> = {
  ENAM: "US CA BM GL PM",
  WNAM: "MX",
  NSAM:
    "AG AI AW BB BL BQ BS BZ CO CR CU CW DM DO EC GD GF GP GT GY HN HT JM KN KY LC MF MQ MS NI PA " +
    "PR SR SV SX TC TT VC VE VG VI",
  SSAM: "AR BO BR BV CL FK GS PE PY UY",
  WEU: "AD AT AX BE CH DE DK ES FI FO FR GB GG GI GR IE IM IS IT JE LI LU MC MT NL NO PT SE SJ SM VA",
  EEU: "AL BA BG BY CZ EE HR HU LT LV MD ME MK PL RO RS RU SI SK UA XK",
  ME: "AE AM AZ BH CY GE IL IQ IR JO KW LB OM PS QA SA SY TR YE",
  NAF: "BF BJ CI CM CF CV DJ DZ EG EH ER ET GH GM GN GQ GW LR LY MA ML MR NE NG SD SL SN SO SS ST TD TG TN",
  SAF: "AO BI BW CD CG GA KE KM LS MG MU MW MZ NA RE RW SC SH SZ TF TZ UG YT ZA ZM ZW",
  SAS: "AF BD BT IN IO KG KZ LK MV NP PK TJ TM UZ",
  SEAS: "BN CC CX ID KH LA MM MY PH SG TH TL VN",
  NEAS: "CN HK JP KP KR MN MO TW",
  OC: "AQ AS AU CK FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
};
