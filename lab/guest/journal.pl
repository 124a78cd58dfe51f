# A guest's journal, for services of the kind "journal": numbers on the guest's first disk, one command a line:
#
#   put NUMBER    appends it, has the disk write it out (fsync), and only then answers "ok NUMBER"
#   since NUMBER  "ok", all numbers from that one on, read from the disk, and "end"
#
# Numbers grow. Each is a record of 15 digits and a line feed; what follows the last one is no record (a fresh disk holds zeros).
# Loaded by init.pl.
use strict; use warnings; # checked when the image is built and taken out of the copy in it: a guest loads no file

sub JOURNAL_RECORD() { 16 }
sub JOURNAL_CHUNK() { 4096 } # records
sub O_RDWR() { 2 }
my $FSYNC = -e '/lib64/ld-linux-x86-64.so.2' ? 74 : 82;
my ($journal, $records);
our $journal_disk //= '/dev/vda';

sub journal_answer {
    my ($verb, $number) = split ' ', $_[0];
    return "error: expected put NUMBER or since NUMBER" if ($verb // '') !~ /^(put|since)$/ || ($number // '') !~ /^\d{1,15}$/;
    my $problem = $journal ? '' : open_journal();
    return "error: $problem" if $problem;
    return $verb eq 'put' ? journal_put($number) : journal_since($number);
}

# Finds the end of what earlier runs of this guest wrote.
sub open_journal {
    sysopen $journal, $journal_disk, O_RDWR or return "$journal_disk: $!";
    $records = 0;
    while (length(my $chunk = journal_read($records, JOURNAL_CHUNK))) {
        my ($written) = $chunk =~ /^((?:\d{15}\n)*)/;
        $records += length($written) / JOURNAL_RECORD;
        last if length $written < JOURNAL_CHUNK * JOURNAL_RECORD;
    }
    return '';
}

sub journal_put {
    my ($number) = @_;
    sysseek $journal, $records * JOURNAL_RECORD, 0;
    my $written = syswrite $journal, sprintf("%015d\n", $number);
    return "error: write: $!" if ($written // 0) != JOURNAL_RECORD;
    return "error: fsync: $!" if syscall($FSYNC, fileno $journal) != 0;
    $records++;
    return "ok $number";
}

# Backwards from the end: the newest are asked for.
sub journal_since {
    my ($number) = @_;
    my ($from, $text) = ($records, '');
    while ($from > 0) {
        my $count = $from < JOURNAL_CHUNK ? $from : JOURNAL_CHUNK;
        $from -= $count;
        my $chunk = journal_read($from, $count);
        $text = $chunk . $text;
        last if substr($chunk, 0, 15) < $number;
    }
    return join ' ', 'ok', (grep { $_ >= $number } map { $_ + 0 } split /\n/, $text), 'end';
}

sub journal_read {
    my ($from, $count) = @_;
    sysseek $journal, $from * JOURNAL_RECORD, 0;
    sysread $journal, my $chunk, $count * JOURNAL_RECORD;
    return $chunk // '';
}

1;
