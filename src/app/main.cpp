// hejnal: the command line. What each command does is in commands/.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "app/commands/commands.hpp"
#include "app/version.hpp"

namespace {

using namespace hejnal::app;

void database_options(CLI::App* command, DatabaseArguments& database) {
  command->add_option("--config", database.config, "The settings file")->type_name("FILE");
  command->add_option("--data", database.data, "The data folder of a sandbox, instead of --config")
      ->type_name("DIR");
}

int run(int argc, char** argv) {
  CLI::App app{
      "Hejnał carries out a company's contact procedure: mail becomes cases, promises are watched by a "
      "clock,\n"
      "nothing is lost. To try it, without any configuration:\n\n  hejnal serve --sandbox\n"};
  app.set_version_flag("--version", std::string("hejnal ") + kVersion);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  app.footer(
      "Exit codes are those of <sysexits.h>: 0 good, 64 usage, 65 unusable input, 66 no such thing,\n"
      "69 unavailable (another hejnal runs, a port is taken), 70 damaged data, 73 cannot be created,\n"
      "75 try again later, 78 configuration.\n"
      "Documentation: docs/ in the source, or /usr/local/share/doc/hejnal.");
  int code = 0;

  ServeArguments serve_arguments;
  auto* serve_command = app.add_subcommand("serve", "Run the server");
  serve_command->add_flag("--sandbox", serve_arguments.sandbox,
                          "Play: no configuration, nothing leaves this computer, the clock can be moved");
  serve_command->add_option("--config", serve_arguments.config, "The settings file")->type_name("FILE");
  serve_command
      ->add_option("--data", serve_arguments.data,
                   "Sandbox: keep everything in this folder (else a temporary one)")
      ->type_name("DIR");
  serve_command
      ->add_option("--http", serve_arguments.http,
                   "Sandbox: where pages and API listen; port 0 takes a free one")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  serve_command->add_option("--lmtp", serve_arguments.lmtp, "Sandbox: where mail is taken in")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  serve_command->add_option("--sip", serve_arguments.sip, "Sandbox: where calls are taken by SIP, IP:PORT")
      ->type_name("HOST:PORT");
  serve_command
      ->add_option("--token-file", serve_arguments.token_file,
                   "Write an administrator's API token to this file (mode 0600)")
      ->type_name("FILE");
  serve_command->add_flag("--json", serve_arguments.json, "Say where it listens as one line of JSON");
  serve_command->callback([&] { code = serve(serve_arguments); });

  std::string check_config, check_sms;
  bool live = false, document = false;
  auto* check_command =
      app.add_subcommand("check", "Explain every mistake of a settings file (0 good, 78 bad)");
  check_command->add_option("--config", check_config, "The settings file")->type_name("FILE");
  check_command->add_flag("--live", live, "Also send a mail through the relay and wait for it to come back");
  check_command
      ->add_option("--sms", check_sms, "With --live: send a test SMS to this number by each gateway instead")
      ->type_name("NUMBER");
  check_command->add_flag("--document", document, "Print docs/configuration.md");
  check_command->callback([&] {
    if (check_config.empty() && !document) throw CLI::RequiredError("--config");
    if (!check_sms.empty() && !live) throw CLI::RequiredError("--live");
    code = check(check_config, live, document, check_sms);
  });

  std::string language = "pl", format = "text", procedure_config;
  auto* procedure_command = app.add_subcommand("procedure", "Print the contact procedure");
  procedure_command->add_option("--language", language, "Of the built-in one")
      ->capture_default_str()
      ->check(CLI::IsMember({"pl", "en"}));
  procedure_command->add_option("--format", format, "")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "html", "json"}));
  procedure_command->add_option("--config", procedure_config, "The one of this settings file instead")
      ->type_name("FILE");
  procedure_command->callback([&] { code = show_procedure(language, format, procedure_config); });

  std::vector<std::string> files;
  auto* inspect_command =
      app.add_subcommand("inspect", "Show how mails are read: one line of JSON for each file");
  inspect_command->add_option("FILE", files, "Mails")->required();
  inspect_command->callback([&] { code = inspect(files); });

  std::string sms_words, letters = "when_cheaper";
  bool sms_as_json = false;
  auto* sms_command =
      app.add_subcommand("sms", "Show how a text leaves as SMS: its letters, alphabet, length and segments");
  sms_command->add_option("TEXT", sms_words, "The text; - reads standard input")->required();
  sms_command->add_option("--transliterate", letters, "As [sms] transliterate")
      ->capture_default_str()
      ->check(CLI::IsMember({"when_cheaper", "always", "never"}));
  sms_command->add_flag("--json", sms_as_json, "As JSON");
  sms_command->callback([&] { code = show_sms(sms_words, letters, sms_as_json); });

  DatabaseArguments database;
  std::string from = "-", to;
  auto* deliver_command =
      app.add_subcommand("deliver", "Take in a mail from standard input (for .forward or procmail)");
  database_options(deliver_command, database);
  deliver_command
      ->add_option("--from", from,
                   "The envelope sender; empty is the null sender, - (as without it) means unknown")
      ->type_name("ADDRESS");
  deliver_command->add_option("--to", to, "The envelope recipient")->type_name("ADDRESS");
  deliver_command->footer("Exit codes: 0 it is kept; 65 it is empty or too large; 75 not now, try again.");
  deliver_command->callback([&] { code = deliver(database, from, to); });

  std::string state = "open", text;
  int limit = 50;
  bool as_json = false;
  auto* cases_command = app.add_subcommand("cases", "List cases, the most pressing first");
  database_options(cases_command, database);
  cases_command->add_option("--state", state, "open, all, or states by comma")->capture_default_str();
  cases_command->add_option("--search", text, "Words in subject, text or people");
  cases_command->add_option("--limit", limit, "")->capture_default_str()->check(CLI::Range(1, 200));
  cases_command->add_flag("--json", as_json, "One line of JSON for each case");
  cases_command->callback([&] { code = list_cases(database, state, text, limit, as_json); });

  long long number = 0;
  auto* case_command = app.add_subcommand("case", "Show one case with its journal");
  case_command->add_option("NUMBER", number, "Of the case")->required();
  database_options(case_command, database);
  case_command->add_flag("--json", as_json, "As JSON, with messages");
  case_command->callback([&] { code = show_case(database, number, as_json); });

  int days = 30;
  auto* mail_command = app.add_subcommand(
      "mail-health", "How many emails that an SMS has announced came in time, late or never");
  database_options(mail_command, database);
  mail_command->add_option("--days", days, "Today and the days before it")
      ->capture_default_str()
      ->check(CLI::Range(1, 366));
  mail_command->add_flag("--json", as_json, "As JSON, as GET /api/v1/mail-health answers");
  mail_command->callback([&] { code = show_mail_health(database, days, as_json); });

  std::string name, role = "agent";
  auto* token_command = app.add_subcommand("token", "API tokens");
  token_command->require_subcommand(1);
  auto* token_create = token_command->add_subcommand("create", "Make a token and print it, once");
  token_create->add_option("--name", name, "Who or what uses it; stands in journals")->required();
  token_create->add_option("--role", role, "")
      ->capture_default_str()
      ->check(CLI::IsMember({"administrator", "agent", "reader", "client"}));
  database_options(token_create, database);
  token_create->callback([&] { code = create_token(database, name, role); });

  auto* token_list = token_command->add_subcommand("list", "List tokens by their names");
  database_options(token_list, database);
  token_list->add_flag("--json", as_json, "One line of JSON for each token");
  token_list->callback([&] { code = list_tokens(database, as_json); });
  auto* token_revoke =
      token_command->add_subcommand("revoke", "Take a token back: it is worth nothing at once");
  token_revoke->add_option("--name", name, "Whose")->required();
  database_options(token_revoke, database);
  token_revoke->callback([&] { code = revoke_token(database, name); });

  std::string email, user_language = "pl";
  bool totp = false;
  auto* user_command = app.add_subcommand("user", "People who sign in to the console");
  user_command->require_subcommand(1);
  auto* user_invite = user_command->add_subcommand(
      "invite", "Print a link by which somebody makes an account, once, within 24 hours");
  user_invite->add_option("--name", name,
                          "Under which the person signs in; without it the person chooses one");
  user_invite->add_option("--email", email, "The person's address")->type_name("ADDRESS");
  user_invite->add_option("--role", role, "")
      ->capture_default_str()
      ->check(CLI::IsMember({"administrator", "agent", "reader", "client"}));
  user_invite->add_option("--language", user_language, "")
      ->capture_default_str()
      ->check(CLI::IsMember({"pl", "en"}));
  database_options(user_invite, database);
  user_invite->callback([&] { code = invite_user(database, name, email, role, user_language); });
  auto* user_list = user_command->add_subcommand("list", "List people by their names");
  database_options(user_list, database);
  user_list->add_flag("--json", as_json, "One line of JSON for each person");
  user_list->callback([&] { code = list_users(database, as_json); });
  const auto user_change = [&](const char* verb, const char* what) {
    auto* command = user_command->add_subcommand(verb, what);
    command->add_option("--name", name, "Whose account")->required();
    database_options(command, database);
    command->callback([&, verb] { code = change_user(database, verb, name, totp); });
    return command;
  };
  user_change("disable", "Close an account and end its sessions at once");
  user_change("enable", "Open it again");
  user_change("reset", "Take the password away and print a link by which another one is chosen")
      ->add_flag("--totp", totp, "Take the second factor away, too");

  ReportArguments report;
  std::vector<std::string> report_words;
  bool report_runs = false, report_until_done = false, waits = false;
  std::string proof_key;
  auto* report_command = app.add_subcommand(
      "report", "Report something to a provider, and carry out its contact procedure (docs/reporter.md)");
  report_command
      ->add_option(
          "WHAT", report_words,
          "Nothing: a new report, its text from standard input. A number: show that report. A number and "
          "settle, cancel, call-rejected, called-back, release or proof. verify and a file: check a proof")
      ->expected(0, 2);
  database_options(report_command, database);
  report_command->add_option("--provider", report.provider, "Whom; without it the first [[provider]]");
  report_command->add_option(
      "--class", report.class_name,
      "Of the provider's procedure: routine, urgent, critical; without it the calmest");
  report_command->add_option("--subject", report.subject, "In a few words");
  report_command->add_option("--attach", report.attach, "A file to go with it; may be given again")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->take_all();
  report_command->add_flag("--wait", waits, "Stay until a person has reacted, and show what is done");
  report_command->add_option("--wait-for", report.wait, "Stay until then: reaction or answer")
      ->check(CLI::IsMember({"reaction", "answer"}));
  report_command->add_option("--by", report.by, "Who says so; stands in the journal");
  report_command->add_option("--reason", report.reason,
                             "Of settle and cancel; cancel tells it to the provider");
  report_command->add_flag("--run", report_runs, "Without a server: carry on with all reports until SIGTERM");
  report_command->add_flag("--until-done", report_until_done,
                           "With --run: end when no report waits for anybody any more");
  report_command->add_option("--key", proof_key, "Of verify: the key that must have signed it");
  report_command->add_flag("--json", as_json, "As JSON");
  report_command->footer(
      "Exit codes of --wait: 0 a person has answered; 10 a person has read it; 11 every step was carried "
      "out\n"
      "and nobody has reacted; 12 the report was settled or cancelled here; 130 interrupted, the report is "
      "kept.");
  report_command->callback([&] {
    report.json = as_json;
    if (waits && report.wait.empty()) report.wait = "reaction";
    const std::string first = report_words.empty() ? "" : report_words.front();
    const std::string verb = report_words.size() > 1 ? report_words[1] : "";
    if (first == "verify") {
      if (verb.empty()) throw CLI::RequiredError("FILE");
      code = verify_proof(database, verb, proof_key);
      return;
    }
    if (report_runs) {
      code = run_reports(database, report_until_done);
      return;
    }
    if (first.empty()) {
      if (report.subject.empty()) throw CLI::RequiredError("--subject");
      code = file_report(database, report);
      return;
    }
    if (first.find_first_not_of("0123456789") != std::string::npos || first.size() > 15)
      throw CLI::ValidationError("WHAT", "expected the number of a report, or verify and a file");
    const long long id = std::atoll(first.c_str());
    if (verb.empty()) {
      code = show_report(database, id, as_json);
    } else if (verb == "proof") {
      code = prove_report(database, id);
    } else if (verb == "settle" || verb == "cancel" || verb == "call-rejected" || verb == "called-back" ||
               verb == "release") {
      code = change_report(database, id, verb, report);
    } else {
      throw CLI::ValidationError("WHAT",
                                 "expected settle, cancel, call-rejected, called-back, release or proof");
    }
  });

  bool all_reports = false;
  auto* reports_command =
      app.add_subcommand("reports", "List what we have reported to providers, the newest first");
  database_options(reports_command, database);
  reports_command->add_flag("--all", all_reports, "Also those that are settled or cancelled");
  reports_command->add_flag("--json", as_json, "One line of JSON for each report");
  reports_command->callback([&] { code = list_reports(database, all_reports, as_json); });

  std::string path;
  auto* backup_command = app.add_subcommand("backup", "Copy everything into one file, while the server runs");
  database_options(backup_command, database);
  backup_command->add_option("PATH", path, "The new file")->required();
  backup_command->callback([&] { code = backup(database, path); });

  auto* restore_command =
      app.add_subcommand("restore", "Put a backup in the place of the database (the server must be stopped)");
  database_options(restore_command, database);
  restore_command->add_option("PATH", path, "The backup")->required();
  restore_command->callback([&] { code = restore(database, path); });

  auto* verify_command =
      app.add_subcommand("verify", "Replay every journal, check every hash, name the first difference");
  database_options(verify_command, database);
  verify_command->add_option("PATH", path, "A backup to look at instead of the database");
  verify_command->add_flag("--json", as_json, "As JSON");
  verify_command->callback([&] { code = verify(database, path, as_json); });

  unsigned long long seed = 1;
  double years = 1;
  int seeds = 1;
  std::string kept_in = "sqlite";
  auto* simulate_command = app.add_subcommand(
      "simulate", "Run the real desk through years of faults in seconds; one seed decides everything");
  simulate_command->add_option("--seed", seed, "The same seed gives the same digest")->capture_default_str();
  simulate_command->add_option("--years", years, "Desk-years")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1000.0))
      ->check([](const std::string& given) {  // every comparison with "nan" is well
        return std::isfinite(std::strtod(given.c_str(), nullptr)) ? "" : "a number of years is expected";
      });
  simulate_command->add_option("--seeds", seeds, "So many seeds, from --seed on")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  simulate_command
      ->add_option("--store", kept_in,
                   "Where the desk keeps its cases: the real SQLite, or plain memory, faster")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "memory"}));
  bool two_sided = false, table = false, as_svg = false;
  int table_reports = 64;
  simulate_command->add_flag("--two-sided", two_sided,
                             "Clients and desks, with hejnal and without, and the roads between them");
  auto* table_flag = simulate_command->add_flag(
      "--table", table,
      "How many reports the desk knows of when emails and SMS get lost, with SMS and without");
  simulate_command->add_option("--reports", table_reports, "Of --table: so many in each cell")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000))
      ->needs(table_flag);
  simulate_command->add_flag("--svg", as_svg, "Of --table: as a picture")->needs(table_flag);
  table_flag->excludes("--two-sided");
  simulate_command->add_flag("--json", as_json, "One line of JSON for each seed");
  simulate_command->footer(
      "Exit codes: 0 every law was kept; 1 one was broken: the seed and a shortened story are printed.");
  simulate_command->callback([&] {
    code = table       ? simulate_table(seed, table_reports, as_svg, as_json)
           : two_sided ? simulate_two_sides(seed, years, seeds, kept_in == "memory", as_json)
                       : simulate(seed, years, seeds, kept_in == "memory", as_json);
  });

  // CLI11 would say that a command is missing.
  if (const std::string word = argc > 1 ? argv[1] : ""; !word.empty() && word[0] != '-') {
    const auto known =
        app.get_subcommands([&](const CLI::App* command) { return command->get_name() == word; });
    if (known.empty()) {
      std::fprintf(stderr, "hejnal: there is no command \"%s\"; hejnal --help lists them\n", word.c_str());
      return 64;
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int answer = app.exit(e);
    return answer == 0 ? 0 : 64;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(0077);  // what clients write is nobody else's business on this machine
  return run(argc, argv);
}
