/**
 * Notes on objects of others, such as a server's request: private fields that are given to them from outside. Only who
 * wrote a note can read it, and no copy of the object has it. A WeakMap of all requests would cost the collector more
 * than a signature costs, and a hidden property ten times as much as a field.
 *
 * @module
 */

/** One kind of note. */
export interface Notes<T> {
  /** Writes it on an object, over what stood there. */
  readonly write: (object: object, note: T) => void
  /** The note of an object, if it has one. */
  readonly read: (object: object) => T | undefined
}

// What it gives gets the fields of its subclasses.
// oxlint-disable-next-line no-extraneous-class -- the constructor is what it is for
class Same {
  constructor(object: object) {
    return object
  }
}

/** Makes a kind of note. */
export function createNotes<T>(): Notes<T> {
  class Noted extends Same {
    #note: T

    constructor(object: object, note: T) {
      super(object)
      this.#note = note
    }

    static write(object: object, note: T): Noted {
      if (!(#note in object)) return new Noted(object, note)
      object.#note = note
      return object
    }

    static read(object: object): T | undefined {
      return #note in object ? object.#note : undefined
    }
  }
  return Noted
}
