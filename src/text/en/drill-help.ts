/** Help of `vigia drill`. */
export const drillHelp = {
  'drill-summary': 'measure on purpose what a disturbance costs, and keep the record',
  'drill-about':
    'run GUEST measures the guest as its users see it while something is done to it: its downtime (pings), a download that must not break, the load that it still carries over kept connections; during nothing, a reboot, a cold move, a live migration, a power cut of its host, a failure of its service; several times, and puts everything back after each run. The figures come with standard deviation, 95 % interval and percentiles, and with what would make them better.\n\nIt is refused while another drill is under way, anything is not as wished, or a power cut would leave guests without a host; it asks first on a cluster that people use; it ends by itself when something else goes wrong. It runs in vigiad: a lost terminal changes nothing, and after a crash it is undone and told.\n\nlist shows what was done, what is under way and what is due; report one of them again; stop ends the one under way.',
  'drill-example-run': 'ten live migrations, and ten times nothing to compare with',
  'drill-example-power': 'the failover, from a host that is not lost',
  'drill-example-report': 'the newest one as a page to print',
  'option-measure': 'downtime, transfer, load: one or several with commas (usually downtime)',
  'option-during':
    'nothing, reboot, cold-move, live-migration, power-cut, service-failure: one or several with commas (usually nothing,live-migration)',
  'option-drill-runs': 'how often each of them (usually 3)',
  'option-drill-to': 'the host it is moved to (usually any that may take it)',
  'option-interval': 'between two pings (usually 1s)',
  'option-baseline': 'how long nothing happens, of the downtime (usually 20s)',
  'option-edge': 'measured before and after the disturbance (usually 3s)',
  'option-drill-port': 'TCP port of its web server (usually 80)',
  'option-drill-path': 'what is downloaded (usually /)',
  'option-load-path': 'what the load asks for (usually /)',
  'option-connections': 'kept connections of the load (usually 10)',
  'option-requests': 'requests of the load in all (usually 20000)',
  'option-drill-service': 'the service that fails: 80/tcp',
  'option-failure': 'for how long it fails (usually 10s)',
  'option-drill-dry-run': 'only say whether it might begin',
  'option-pdf': 'write the report as PDF, by chromium',
} as const
