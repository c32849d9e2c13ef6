// In place of cls-hooked, with the part of its interface that the X-Ray SDK uses. cls-hooked
// follows every promise of the process by async hooks, which makes each slower, traced or not.
// AsyncLocalStorage keeps the same contexts inside V8.
import { AsyncLocalStorage } from "node:async_hooks";

type Context = Record<string, unknown>;
type Callback = (...given: never[]) => unknown;

class Namespace {
  private readonly storage = new AsyncLocalStorage<Context>();
  /**
   * The context that was entered outside of any run. On Lambda it is entered while the bundle
   * loads, and holds for all events.
   */
  private entered: Context | undefined;

  private get active(): Context | undefined {
    return this.storage.getStore() ?? this.entered;
  }

  /** A context that sees what the active one holds, and keeps what is set for itself. */
  createContext(): Context {
    return Object.create(this.active ?? null) as Context;
  }

  enter(context: Context): void {
    this.entered = context;
  }

  run(work: (context: Context) => void): Context {
    const context = this.createContext();
    this.storage.run(context, work, context);
    return context;
  }

  /** The function, for good in the context in which it was bound. */
  bind<F extends Callback>(callback: F): F {
    const context = this.active ?? this.createContext();
    return ((...given) => this.storage.run(context, () => callback(...given))) as F;
  }

  get(key: string): unknown {
    return this.active?.[key];
  }

  set<V>(key: string, value: V): V {
    if (!this.active) throw new Error("no context is active: call run() or enter() first");
    this.active[key] = value;
    return value;
  }
}

const namespaces = new Map<string, Namespace>();

export const getNamespace = (name: string): Namespace | undefined => namespaces.get(name);

export function createNamespace(name: string): Namespace {
  const namespace = new Namespace();
  namespaces.set(name, namespace);
  return namespace;
}

export const destroyNamespace = (name: string): boolean => namespaces.delete(name);
