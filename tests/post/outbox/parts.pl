# What MIME::Parser makes of the message on its input: the type of each part and the digest of its content.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use MIME::Parser;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->extract_nested_messages(0);
binmode STDIN;
my $message = $parser->parse(\*STDIN);
die join("\n", $parser->results->msgs) if $parser->results->errors || $parser->results->warnings;

sub walk {
    my ($part) = @_;
    my $content = $part->parts ? "" : sha256_hex($part->bodyhandle->as_string);
    print $part->effective_type, " $content\n";
    walk($_) for $part->parts;
}
walk($message);
