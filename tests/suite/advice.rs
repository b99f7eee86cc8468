//! Advice never names an option that its command lacks.

use proofload::cli;
use proofload_advice::{Offered, Reason, advisable, after_search, on_complaint};
use proofload_capacity::End;
use proofload_results::load::Complaint;

const REASONS: [Reason; 22] = [
    Reason::MayNotLoad,
    Reason::NoAccount,
    Reason::TooFewUsers { least: 3 },
    Reason::TooFewDescriptors { needed: 5000 },
    Reason::TooFewPorts,
    Reason::NothingDue,
    Reason::StartsTooEarly,
    Reason::StartsTooLate,
    Reason::NoRate,
    Reason::ObjectiveOnRate,
    Reason::NoObjective,
    Reason::ObjectiveBeyondTimeout,
    Reason::DirectoryNotEmpty,
    Reason::TooFewPairs,
    Reason::TooSlowPairs,
    Reason::TooFewCalls,
    Reason::NothingCompared,
    Reason::NoCaseSelected,
    Reason::NoConfiguration,
    Reason::Untrusted {
        pin: None,
        by_certificate: true,
    },
    Reason::OtherKey { pin: None },
    Reason::WantsCertificate,
];
const COMPLAINTS: [Complaint; 9] = [
    Complaint::LateThoughUsersWereFree {
        p50_us: 90,
        p99_us: 100_480,
    },
    Complaint::ThreadSaturated { share: 0.5 },
    Complaint::TooFewUsers {
        waited_share: 0.1,
        users: 4,
    },
    Complaint::StoodStill {
        longest_s: 0.4,
        at_s: 3.0,
        total_s: 0.4,
    },
    Complaint::LateByAsMuch { max_us: 9_000 },
    Complaint::MachineBusy {
        own: 0.03,
        others: 0.9,
        stolen: 0.0,
        throttled: 0.0,
    },
    Complaint::OutOfPorts { calls: 7 },
    Complaint::OutOfDescriptors { calls: 7 },
    Complaint::ProxyGaveOut { calls: 7 },
];

/// The commands that give advice, and what each offers.
fn offered() -> [(&'static str, Offered); 5] {
    let program = cli::command();
    ["load", "capacity", "certify", "gate", "merge"].map(|name| {
        let command = program.find_subcommand(name).expect("a command");
        (name, Offered::of(command))
    })
}

fn options_in(advice: &str) -> impl Iterator<Item = &str> {
    let words = advice.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter_map(|word| word.strip_prefix("--"))
}

#[test]
fn advice_names_no_option_that_its_command_lacks() {
    let mut named = 0;
    for (command, offered) in offered() {
        let reasons = REASONS.iter().filter_map(|reason| reason.advice(&offered));
        let complaints = COMPLAINTS.iter().filter_map(|one| on_complaint(one, &offered));
        let ends = [End::BeyondCeiling, End::OutOfTime, End::Found];
        let ends = ends.iter().filter_map(|end| after_search(*end, true, &offered));
        for advice in reasons.chain(complaints).chain(ends.map(str::to_owned)) {
            for option in options_in(&advice) {
                assert!(offered.has(option), "{command} has no --{option}: {advice}");
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named}");
}

#[test]
fn load_says_what_to_do_and_certify_what_it_can_do() {
    let [(_, load), _, (_, certify), ..] = offered();
    assert_eq!(
        on_complaint(&COMPLAINTS[0], &load).as_deref(),
        Some("use more --threads, a lower rate or another machine")
    );
    assert_eq!(
        on_complaint(&COMPLAINTS[0], &certify).as_deref(),
        Some("use another machine")
    );
    assert_eq!(on_complaint(&COMPLAINTS[2], &load).as_deref(), Some("use more --users"));
    assert_eq!(on_complaint(&COMPLAINTS[2], &certify), None);
}

#[test]
fn a_busy_machine_needs_no_threads_and_ports_no_other_machine() {
    let [late, saturated, _, still, _, busy, ports, descriptors, _] = COMPLAINTS;
    let advised = |complaints: &[Complaint]| {
        let [(_, load), ..] = offered();
        let advice = advisable(complaints).filter_map(|one| on_complaint(one, &load));
        advice.collect::<Vec<String>>()
    };
    let with_busy = advised(&[busy, still, late, saturated]);
    assert_eq!(
        with_busy,
        ["stop what else runs on this machine, or load the target from another one"]
    );
    assert_eq!(
        advised(&[still, late]),
        ["measure again: this says nothing of the target"]
    );
    let used_up = advised(&[ports, descriptors]);
    for part in ["--no-keep-alive", "ip_local_port_range"] {
        assert!(used_up[0].contains(part), "{used_up:?}");
    }
    assert!(used_up[1].contains("ulimit -n"), "{used_up:?}");
}
