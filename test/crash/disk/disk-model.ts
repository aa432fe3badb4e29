import type { DiskOperation } from './trace.ts';

/**
 * What a disk may hold after the power went, given what was done to it (after "All File Systems Are Not Created Equal",
 * OSDI 2014, and SQLite's "Atomic Commit"). The model promises as little as POSIX does:
 *
 * - A write or a change of size is certain once a sync of its file has succeeded after it. Until then every sector of 512
 *   bytes of it is there or not, by itself, in any combination with those of other writes; where nothing was before, a
 *   sector that is not there is zeros or rubbish.
 * - A sync that failed made nothing certain, and no later sync will: the system has marked those writes as done. Only
 *   writing the same bytes again helps. (LWN, "PostgreSQL's fsync() surprise".)
 * - Making, renaming and removing a name is certain once its folder has been synced; until then each may be there or not.
 *   Syncing a file does not make its name certain.
 */
export class DiskModel {
  private readonly files = new Map<number, Contents>();
  private readonly folders = new Map<string, Folder>();
  private readonly top: string;

  /** @param top the folder that was there from the beginning; only what is below it is of interest */
  constructor(top: string) {
    this.top = top;
  }

  take(operation: DiskOperation): void {
    const { kind, path, otherPath, inode, offset, data, error } = operation;
    switch (kind) {
      case 'create':
        // The number of a file that was removed may be given again: this is another file.
        this.files.set(inode, new Contents());
        this.folderOf(path).change(nameOf(path), this.files.get(inode));
        return;
      case 'mkdir':
        this.folders.set(path, new Folder());
        this.folderOf(path).change(nameOf(path), this.folders.get(path));
        return;
      case 'rename': {
        const moved = this.folderOf(path).now(nameOf(path));
        this.folderOf(otherPath).change(nameOf(otherPath), moved);
        this.folderOf(path).change(nameOf(path), undefined);
        return;
      }
      case 'unlink':
        this.folderOf(path).change(nameOf(path), undefined);
        return;
      case 'write':
        // Copied: the bytes of a trace are part of one large buffer.
        this.files.get(inode)?.change({ kind: 'write', offset, data: Buffer.from(data) });
        return;
      case 'truncate':
        this.files.get(inode)?.change({ kind: 'truncate', size: offset });
        return;
      case 'sync':
        if (this.folders.has(path) || path === this.top) this.folderAt(path).sync(error === 0);
        else this.files.get(inode)?.sync(error === 0);
        return;
      case 'mark':
        return;
      default:
        kind satisfies never;
    }
  }

  /** One of the states in which the disk may be found, by path below the top. */
  image(choose: Chooser): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    this.collect(this.top, '', choose, found);
    return found;
  }

  private collect(path: string, below: string, choose: Chooser, found: Map<string, Buffer>): void {
    for (const [name, what] of this.folderAt(path).after(choose)) {
      if (what instanceof Contents) found.set(`${below}${name}`, what.after(choose));
      else if (what instanceof Folder) this.collect(`${path}/${name}`, `${below}${name}/`, choose, found);
    }
  }

  private folderOf(path: string): Folder {
    return this.folderAt(path.slice(0, path.lastIndexOf('/')));
  }

  private folderAt(path: string): Folder {
    const known = this.folders.get(path) ?? new Folder();
    this.folders.set(path, known);
    return known;
  }
}

/** Decides what became of everything that was not certain. */
export interface Chooser {
  /** Did this change of a folder, or of a file's size, reach the disk? */
  reached(): boolean;
  /** Which sectors of a write reached the disk? `all`, `none`, or each by itself. */
  sectors(): 'all' | 'none' | (() => boolean);
  /** What stands where a sector should be that was never written: rubbish, or zeros. */
  rubbish(): boolean;
}

/** Combinations differ in how much is lost: everything, nothing, whole writes, or single sectors. */
export function chooser(random: () => number): Chooser {
  const share = [0, 1, random(), random(), random()][Math.floor(random() * 5)] ?? 0;
  const bySector = random() < 0.5;
  const reached = () => random() < share;
  return {
    reached,
    sectors: () => (bySector && random() < 0.5 ? reached : reached() ? 'all' : 'none'),
    rubbish: () => random() < 0.1,
  };
}

const SECTOR_BYTES = 512;
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

type Certainty = 'open' | 'certain' | 'never';

/** A file: what is certain, and the changes since, in order. */
class Contents {
  private readonly certain = new Bytes();
  private changes: { readonly change: Change; certainty: Certainty }[] = [];

  change(change: Change): void {
    this.changes.push({ change, certainty: 'open' });
  }

  sync(succeeded: boolean): void {
    for (const each of this.changes) if (each.certainty === 'open') each.certainty = succeeded ? 'certain' : 'never';
    // Behind a change that will never be certain the order of changes still matters.
    const end = this.changes.findIndex(({ certainty }) => certainty !== 'certain');
    for (const { change } of this.changes.splice(0, end < 0 ? this.changes.length : end)) this.certain.apply(change);
  }

  after(choose: Chooser): Buffer {
    const bytes = this.certain.copy();
    for (const { change, certainty } of this.changes) {
      if (certainty === 'certain') bytes.apply(change);
      else if (change.kind === 'write') bytes.applyInPart(change, choose);
      else if (choose.reached()) bytes.apply(change);
    }
    return bytes.toBuffer();
  }
}

/** The names in a folder: those that are certain, and the changes since, in order. */
class Folder {
  private readonly certain = new Map<string, Contents | Folder>();
  private readonly current = new Map<string, Contents | Folder>();
  private changes: { readonly name: string; readonly what: Contents | Folder | undefined }[] = [];

  /** What a running system sees under a name. */
  now(name: string): Contents | Folder | undefined {
    return this.current.get(name);
  }

  change(name: string, what: Contents | Folder | undefined): void {
    put(this.current, name, what);
    this.changes.push({ name, what });
  }

  sync(succeeded: boolean): void {
    if (!succeeded) return;
    for (const { name, what } of this.changes.splice(0)) put(this.certain, name, what);
  }

  after(choose: Chooser): ReadonlyMap<string, Contents | Folder> {
    const names = new Map(this.certain);
    for (const { name, what } of this.changes) if (choose.reached()) put(names, name, what);
    return names;
  }
}

function put<What>(names: Map<string, What>, name: string, what: What | undefined): void {
  if (what === undefined) names.delete(name);
  else names.set(name, what);
}

/** The bytes of a file, which grows as it is written. */
class Bytes {
  private buffer: Buffer = Buffer.alloc(0);
  private size = 0;

  copy(): Bytes {
    const other = new Bytes();
    other.buffer = Buffer.from(this.buffer.subarray(0, this.size));
    other.size = this.size;
    return other;
  }

  toBuffer(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  apply(change: Change): void {
    if (change.kind === 'write') this.put(change.offset, change.data);
    else this.resize(change.size);
  }

  applyInPart({ offset, data }: Extract<Change, { kind: 'write' }>, choose: Chooser): void {
    const decided = choose.sectors();
    if (decided === 'none') return;
    if (decided === 'all') return this.put(offset, data);
    for (let at = 0; at < data.length; ) {
      const end = Math.min(data.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
      if (decided()) this.put(offset + at, data.subarray(at, end));
      else if (offset + at >= this.size && choose.rubbish()) this.put(offset + at, Buffer.alloc(end - at, 0xa5));
      at = end;
    }
  }

  private put(offset: number, data: Buffer): void {
    if (offset + data.length > this.size) this.resize(offset + data.length);
    data.copy(this.buffer, offset);
  }

  private resize(size: number): void {
    if (size > this.buffer.length) {
      const larger = Buffer.alloc(Math.max(size, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.size);
      this.buffer = larger;
    }
    // What is cut off and grown again is zeros.
    if (size < this.size) this.buffer.fill(0, size, this.size);
    this.size = size;
  }
}
