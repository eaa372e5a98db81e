// The little of node's own modules that the tests use; a package of types would be a dependency.

declare module "node:test" {
  export function test(name: string, work: () => void | Promise<void>): void;
  export const mock: {
    timers: {
      enable(options: { apis: string[]; now?: number }): void;
      tick(ms: number): void;
      reset(): void;
    };
  };
}

declare module "node:assert/strict" {
  const assert: {
    ok(value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    throws(work: () => void): void;
  };
  export default assert;
}
