export interface Tea {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly cents: number;
  /** The colour of the brewed tea. */
  readonly colour: string;
}

/** Stands for your table of products. */
export const TEAS: readonly Tea[] = [
  { id: 'assam', name: 'Assam', about: 'Malty, takes milk well', cents: 790, colour: '#8f3d1c' },
  { id: 'sencha', name: 'Sencha', about: 'Green and grassy', cents: 1150, colour: '#b9c26a' },
  { id: 'oolong', name: 'Oolong', about: 'Roasted, light honey', cents: 1390, colour: '#c98b3c' },
  { id: 'rooibos', name: 'Rooibos', about: 'Red and caffeine-free', cents: 590, colour: '#a8321e' },
  { id: 'mint', name: 'Mint', about: 'Dried peppermint leaves', cents: 490, colour: '#9fb86a' },
  { id: 'earl-grey', name: 'Earl Grey', about: 'With bergamot', cents: 850, colour: '#a65a24' },
];

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export function priceOf(cents: number): string {
  return euros.format(cents / 100);
}
