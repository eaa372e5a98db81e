// One tab at a time, where the browser has locks.
//
// Without them two tabs may send the same message; its Idempotency-Key makes that harmless.

export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  let begun = false;
  const once = (): Promise<T> => {
    begun = true;
    return work();
  };
  try {
    const locks = (navigator as { locks?: LockManager }).locks;
    return locks ? await locks.request(name, once) : await once();
  } catch (error) {
    // Some frames have locks and may not use them.
    if (begun) throw error;
    return work();
  }
}
