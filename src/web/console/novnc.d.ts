declare module '@novnc/novnc' {
  /** As far as it is used here. */
  export default class RFB extends EventTarget {
    constructor(target: Element, address: string, options?: { readonly shared?: boolean })
    scaleViewport: boolean
    focus(): void
    disconnect(): void
    sendCtrlAltDel(): void
  }
}
