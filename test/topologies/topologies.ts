import type { Topology } from "./recipe";
import { dataTopologies } from "./table/data";
import { dsSets } from "./table/dsSets";
import {
  algorithmRollovers,
  collisionTopologies,
  oddKeyTopologies,
  revokedTopologies,
  roleTopologies,
} from "./table/keys";
import {
  conductTopologies,
  dataConductTopologies,
  keyConductTopologies,
  soaConductTopologies,
  staleTopologies,
} from "./table/servers";
import { algorithmTopologies, dateTopologies, signatureTopologies } from "./table/signing";

export interface Chapter {
  readonly title: string;
  readonly topologies: readonly Topology[];
}

export const chapters: readonly Chapter[] = [
  { title: "DS sets over a healthy zone", topologies: dsSets },
  { title: "Keys and their roles", topologies: [...roleTopologies, ...algorithmRollovers] },
  { title: "Revoked keys", topologies: revokedTopologies },
  { title: "Algorithms", topologies: algorithmTopologies },
  { title: "Times", topologies: dateTopologies },
  { title: "Signatures", topologies: signatureTopologies },
  { title: "Data", topologies: dataTopologies },
  { title: "Odd keys", topologies: [...oddKeyTopologies, ...collisionTopologies] },
  {
    title: "Servers",
    topologies: [
      ...conductTopologies,
      ...keyConductTopologies,
      ...soaConductTopologies,
      ...dataConductTopologies,
      ...staleTopologies,
    ],
  },
];

export const topologies: readonly Topology[] = chapters.flatMap(({ topologies: some }) => some);
