/** How requests travel: over the daemon's unix socket, or (a browser) over HTTP. Nothing above it knows. */
export interface Transport {
  /** Throws `daemon-absent`, `daemon-busy`, `not-allowed` (not sent) or `timeout` (`unknown`: it may have been done). */
  request(request: TransportRequest): Promise<TransportAnswer>
  /** An answer that goes on: pieces of text as they come. Ends when the other end closes; throws as `request` before the first piece. */
  stream(request: TransportRequest, signal: AbortSignal): Promise<TransportStream>
  /** A connection that becomes another protocol's; what is refused is answered as a request is. Throws as `request`. */
  upgrade(request: TransportRequest, protocol: string): Promise<TransportAnswer | TransportLine>
  close(): void
}

/** Bytes both ways. */
export interface TransportLine {
  readonly status: 101
  /** Ends when the other end closes or the connection breaks. For one reader. */
  readonly output: AsyncIterable<Uint8Array>
  write(bytes: Uint8Array): void
  close(): void
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** An answer that takes longer than usual is waited for so long. */
  readonly answerMs?: number
}

export interface TransportAnswer {
  readonly status: number
  readonly body: string
}

export interface TransportStream {
  readonly status: number
  readonly pieces: AsyncIterable<string>
}
