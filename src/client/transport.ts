/** How requests travel: over the daemon's unix socket, or (a browser) over HTTP. Nothing above it knows. */
export interface Transport {
  /** Throws `daemon-absent`, `daemon-busy`, `not-allowed` (not sent) or `timeout` (`unknown`: it may have been done). */
  request(request: TransportRequest): Promise<TransportAnswer>
  /** An answer that goes on: pieces of text as they come. Ends when the other end closes; throws as `request` before the first piece. */
  stream(request: TransportRequest, signal: AbortSignal): Promise<TransportStream>
  close(): void
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface TransportAnswer {
  readonly status: number
  readonly body: string
}

export interface TransportStream {
  readonly status: number
  readonly pieces: AsyncIterable<string>
}
