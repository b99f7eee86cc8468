//! Groups and short names of options: one table, so that an option stands in the same place of every command's help.

use clap::{Arg, Command};

/// A group and its options; groups stand in this order.
const GROUPS: [(&str, &str); 8] = [
    (
        "Target",
        "baseline candidate url-a url-b target-a target-b target config url username password-file permissions ca pin \
         insecure accept-certificate proxy cert key header accounts one-login allow signing-key-file i-may-load-this-target",
    ),
    ("Cases", "only skip list explain contract"),
    (
        "Load",
        "scenario set images cameras fps journey rate duration soak requests users connections load-scenario load-duration skip-capacity without start \
         step max-rate max-time hold block",
    ),
    (
        "Objectives",
        "slo need strict guard check accepted snapshot tolerance floor error-floor confidence compare inconclusive retries \
         stop-on-breach",
    ),
    (
        "Fleet",
        "shards image name namespace kubeconfig context secret cpu memory spread pod-patch ready-within on-lost-shard keep print",
    ),
    (
        "Output",
        "out live format report title prometheus dashboard secrets force",
    ),
    ("Machines under test", "watch-target watch"),
    (
        "Advanced",
        "timeout seed concurrency threads time-limit wait-for-expiry settle no-bad-logins bad-logins-at-once http2 streams \
         no-keep-alive no-retry-stale resolve connect-to bind resolve-to on-dead-target shard start-at start-within warm-up",
    ),
];

/// A command with no more options than these has one list of them.
const FEW: usize = 7;

/// What is typed most often.
const SHORT: [(&str, char); 7] = [
    ("target", 't'),
    ("username", 'u'),
    ("insecure", 'k'),
    ("scenario", 's'),
    ("rate", 'r'),
    ("out", 'o'),
    ("format", 'f'),
];

/// The whole command line with its options in groups. Help shows groups in the order of their first options.
pub fn grouped(root: Command) -> Command {
    root.mut_subcommands(|command| {
        let taken: Vec<char> = command.get_arguments().filter_map(Arg::get_short).collect();
        // Commands with a handful of options are read as one list.
        let many = command.get_arguments().count() > FEW;
        let loads = command.get_arguments().any(|arg| arg.get_long() == Some("scenario"));
        command.mut_args(|arg| placed(arg, &taken, many, loads))
    })
}

fn placed(mut arg: Arg, taken: &[char], many: bool, loads: bool) -> Arg {
    let Some(long) = arg.get_long().map(str::to_owned) else {
        return arg;
    };
    if let Some((_, short)) = SHORT.iter().find(|(name, _)| *name == long)
        && arg.get_short().is_none()
        && !taken.contains(short)
    {
        arg = arg.short(*short);
    }
    let group = GROUPS
        .iter()
        .find(|(_, names)| names.split(' ').any(|name| name == long));
    match group {
        // The pace of what makes no load is nothing that one has to choose.
        Some(("Load", _)) if many && !loads => arg.help_heading("Advanced"),
        Some((heading, _)) if many => arg.help_heading(*heading),
        _ => arg,
    }
}
