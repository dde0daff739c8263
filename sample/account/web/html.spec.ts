import { html } from './html.js';

describe('html', () => {
  it('escapes what comes from outside, in text and in attributes', () => {
    const name = `<b title='1'>"&`;

    expect(html`<i title="${name}">${name}</i>`.markup).toBe(
      '<i title="&#60;b title=&#39;1&#39;&#62;&#34;&#38;">&#60;b title=&#39;1&#39;&#62;&#34;&#38;</i>',
    );
  });

  it('takes markup of its own as it is, alone and in lists', () => {
    const items = ['<1>', '2'].map((item) => html`<b>${item}</b>`);

    expect(html`<p>${items}${items[1]}</p>`.markup).toBe(
      '<p><b>&#60;1&#62;</b><b>2</b><b>2</b></p>',
    );
  });

  it('leaves out what there is none of', () => {
    expect(html`<p>${undefined}${false}${0}</p>`.markup).toBe('<p>0</p>');
  });
});
