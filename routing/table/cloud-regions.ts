/** Where a cloud's regions are: from `locality {cloud, region}` to a point on the map. */
import { CLOUD_REGIONS } from "../data/cloud-regions.ts";

export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

const read = (line: string): readonly [string, Point] => {
  const [cloud, region, latitude, longitude] = line.split(" ");
  return [`${cloud} ${region}`, { latitude: Number(latitude), longitude: Number(longitude) }];
};

const POINTS: ReadonlyMap<string, Point> = new Map(CLOUD_REGIONS.trim().split("\n").map(read));

/** `null` when the table does not have it. `cloud`: aws, azure, gcp or ibm; `region`: the cloud's own id. */
export const pointOfCloudRegion = (cloud: string, region: string): Point | null =>
  POINTS.get(`${cloud.toLowerCase()} ${region.toLowerCase()}`) ?? null;

/** All of them as `cloud region`, for suggestions. */
export const cloudRegions = (): readonly string[] => [...POINTS.keys()];
