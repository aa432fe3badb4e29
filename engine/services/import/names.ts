const MAX_LENGTH = 64;

/** A name in camel case of whatever text: `X-Request-ID` → `xRequestId`. Empty if the text has no Latin letter or digit. */
export function camelCase(text: string): string {
  const words = text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').match(/[A-Za-z0-9]+/g) ?? [];
  return words
    .map((word, index) => {
      const small = word.toLowerCase();
      return index === 0 ? small : small.charAt(0).toUpperCase() + small.slice(1);
    })
    .join('');
}

/** The id of a service from its title. */
export function serviceIdOf(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const id = words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, '');
  return id === '' ? 'imported-service' : id;
}

/** Gives every operation a name of its own that can be read and that an operation may have. */
export class OperationNames {
  readonly #taken = new Set<string>();
  /** How many had none of their own, and how many had to be changed. */
  made = 0;
  changed = 0;

  /** @param operationId as the document says it, if it does */
  take(operationId: string | undefined, method: string, path: string): string {
    const fromId = operationId === undefined ? '' : usable(operationId);
    const wanted = fromId === '' ? fromPath(method, path) : fromId;
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number += 1) {
      const suffix = String(number);
      name = wanted.slice(0, MAX_LENGTH - suffix.length - 1) + (/\d$/.test(wanted) ? '_' : '') + suffix;
    }
    this.#taken.add(name);
    if (fromId === '') this.made += 1;
    else if (name !== operationId) this.changed += 1;
    return name;
  }
}

function usable(operationId: string): string {
  const clean = operationId
    .trim()
    .replaceAll(/[^a-zA-Z0-9_.-]+/g, '_')
    .replace(/^[^a-zA-Z]+/, '')
    .replace(/_+$/, '');
  return clean.slice(0, MAX_LENGTH);
}

/** `GET /pets/{petId}/toys` → `getPetsByPetIdToys`. */
function fromPath(method: string, path: string): string {
  const words = path.replaceAll(/\{([^{}]*)\}/g, ' by $1 ');
  return camelCase(`${method} ${words}`).slice(0, MAX_LENGTH);
}
