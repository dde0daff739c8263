/** Disks of busy machines take their time, and no store is stuck here. */
export const PATIENCE = { storeTimeout: '1m' } as const;
