import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

/** A page with more stops than this for the tab key is not steered by keyboard in earnest. */
const stopsAtMost = 200

/** A person without a mouse: whatever is pressed was reached by the tab key before. */
export class Keys {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** A page by its permalink, and past what all pages have in common by the link for that. */
  async at(path: string): Promise<void> {
    await this.page.goto(path)
    await this.page.locator('main h1').first().waitFor()
    await this.press(this.page.locator('.v-skip'))
    await this.page.locator('main:focus').waitFor()
  }

  /** With the tab key (or another one) until it has the focus. */
  async to(target: Locator, key = 'Tab'): Promise<void> {
    await target.first().waitFor()
    const focused = target.and(this.page.locator(':focus'))
    for (let stops = 0; stops <= stopsAtMost; stops++) {
      if ((await focused.count()) > 0) return
      await this.page.keyboard.press(key)
    }
    assert.fail(`not reached by ${key}: ${target}`)
  }

  async press(target: Locator, key = 'Enter'): Promise<void> {
    await this.to(target)
    await this.page.keyboard.press(key)
  }

  /** Instead of what is in the field. */
  async fill(target: Locator, text: string): Promise<void> {
    await this.to(target)
    await this.page.keyboard.press('Control+a')
    await this.page.keyboard.type(text)
  }

  /** In a list: by the first letters of the choice. */
  async pick(target: Locator, text: string): Promise<void> {
    await this.to(target)
    await this.page.keyboard.type(text)
  }

  button(name: string | RegExp, inside: Locator | Page = this.page.getByRole('main')): Locator {
    return inside.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  /** In the dialog that is open: the button is pressed, and it closes. */
  async confirm(name: string): Promise<void> {
    await this.button(name, this.dialog).and(this.page.locator(':enabled')).waitFor()
    await this.press(this.button(name, this.dialog))
    await this.dialog.waitFor({ state: 'detached' })
  }

  async said(text: string | RegExp): Promise<void> {
    await this.page.locator('.v-messages').getByText(text).first().waitFor()
  }
}

/** Until it is so: what was asked for is on its way through the daemon. */
export async function becomes(read: () => unknown, wanted: unknown, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs
  for (;;) {
    try {
      return assert.deepEqual(await read(), wanted)
    } catch (error) {
      if (Date.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
