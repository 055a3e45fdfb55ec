import type { Region } from "../routing/names.ts";

/** Where a visitor may enter the planet. The points are the airports' (source: local/data/README.md). */
export interface ColoPlace {
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** The platform's codes: AF AN AS EU NA OC SA. */
  readonly continent: string;
  readonly latitude: number;
  readonly longitude: number;
}

export const COLOS: Readonly<Record<string, ColoPlace>> = {
  FRA: { city: "Frankfurt", country: "DE", continent: "EU", latitude: 50.0264, longitude: 8.5431 },
  LHR: { city: "London", country: "GB", continent: "EU", latitude: 51.4706, longitude: -0.4619 },
  CDG: { city: "Paris", country: "FR", continent: "EU", latitude: 49.0128, longitude: 2.55 },
  WAW: { city: "Warsaw", country: "PL", continent: "EU", latitude: 52.1657, longitude: 20.9671 },
  IAD: { city: "Ashburn", country: "US", continent: "NA", latitude: 38.9445, longitude: -77.4558 },
  SJC: { city: "San Jose", country: "US", continent: "NA", latitude: 37.3626, longitude: -121.929 },
  GRU: {
    city: "Sao Paulo",
    country: "BR",
    continent: "SA",
    latitude: -23.4356,
    longitude: -46.4731,
  },
  JNB: {
    city: "Johannesburg",
    country: "ZA",
    continent: "AF",
    latitude: -26.1333,
    longitude: 28.25,
  },
  DXB: { city: "Dubai", country: "AE", continent: "AS", latitude: 25.2528, longitude: 55.3644 },
  BOM: { city: "Mumbai", country: "IN", continent: "AS", latitude: 19.0887, longitude: 72.8679 },
  SIN: { city: "Singapore", country: "SG", continent: "AS", latitude: 1.3502, longitude: 103.994 },
  NRT: { city: "Tokyo", country: "JP", continent: "AS", latitude: 35.7647, longitude: 140.386 },
  SYD: { city: "Sydney", country: "AU", continent: "OC", latitude: -33.9461, longitude: 151.177 },
};

export const COLO_NAMES: readonly string[] = Object.keys(COLOS);

/** Where a visitor enters who names no colo. */
export const DEFAULT_COLO = "FRA";

/** The city in which a region's object stands: its probes start there. */
export const HOME_COLO: Readonly<Record<Region, string>> = {
  wnam: "SJC",
  enam: "IAD",
  weur: "FRA",
  eeur: "WAW",
  apac: "SIN",
  "apac-ne": "NRT",
  "apac-se": "SIN",
  oc: "SYD",
};
