import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { DesiredObject } from './desired-state.ts';

/** The objects of a unit, made when somebody asks for them. */
export type MakeObjects = () => readonly DesiredObject[];

/** Bodies of units that were asked for lately. A fleet's worth of them is the largest thing that could be kept. */
export interface Bodies {
  get(make: MakeObjects): readonly DesiredObject[];
  /** Takes in what `make` was seen to give. */
  put(make: MakeObjects, objects: readonly DesiredObject[]): void;
}

/** More than units are worked on at once, so that one look at a unit makes its objects once. */
const KEPT = 64;

export function createBodies(limit = KEPT): Bodies {
  const recent = new Map<MakeObjects, readonly DesiredObject[]>();
  const put = (make: MakeObjects, objects: readonly DesiredObject[]): void => {
    recent.delete(make);
    recent.set(make, objects);
    const oldest = recent.size > limit ? recent.keys().next().value : undefined;
    if (oldest !== undefined) recent.delete(oldest);
  };
  return {
    put,
    get: (make) => {
      const objects = recent.get(make) ?? make();
      put(make, objects);
      return objects;
    },
  };
}

/** A desired object whose body is made when it is asked for, and forgotten again. */
class BodilessObject implements DesiredObject {
  readonly kind: DesiredObject['kind'];
  readonly name: string;
  readonly file: string;
  readonly left?: readonly string[];
  readonly #bodies: Bodies;
  readonly #make: MakeObjects;
  readonly #index: number;

  constructor({ kind, name, file, left }: DesiredObject, bodies: Bodies, make: MakeObjects, index: number) {
    this.kind = kind;
    this.name = name;
    this.file = file;
    if (left !== undefined) this.left = left;
    this.#bodies = bodies;
    this.#make = make;
    this.#index = index;
  }

  get object(): KubeObject {
    const body = this.#bodies.get(this.#make)[this.#index];
    if (body === undefined) throw new RangeError(`${this.file} renders to nothing any more`);
    return body.object;
  }
}

/** Desired objects without their bodies; `make` must give the same ones in the same order each time. */
export function withoutBodies(bodies: Bodies, make: MakeObjects): readonly DesiredObject[] {
  return bodies
    .get(make)
    .map((object, index) => (object.sealed === undefined ? new BodilessObject(object, bodies, make, index) : object));
}
