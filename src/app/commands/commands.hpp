// The commands. Each returns an exit code of <sysexits.h>, or of its own where --help says so; mistakes go to
// stderr.
#pragma once

#include <string>
#include <vector>

namespace hejnal::app {

// 0 good; 64 usage, 65 unusable input, 66 no such thing, 69 unavailable, 70 damaged, 73 cannot create,
// 75 try again later, 78 configuration
struct ServeArguments {
  bool sandbox = false, json = false;
  std::string config, data, http = "127.0.0.1:8080", lmtp = "127.0.0.1:2424", sip, token_file;
};
int serve(const ServeArguments& arguments);

struct DatabaseArguments {
  std::string config, data;  // one of them
};

int check(const std::string& config, bool live, bool document, const std::string& sms_number);
int check_settings(const std::string& config);  // 0 or 78
int show_procedure(const std::string& language, const std::string& format, const std::string& config);
int inspect(const std::vector<std::string>& files);
int deliver(const DatabaseArguments& database, const std::string& from, const std::string& to);
int create_token(const DatabaseArguments& database, const std::string& name, const std::string& role);
int list_tokens(const DatabaseArguments& database, bool json);
int revoke_token(const DatabaseArguments& database, const std::string& name);
int invite_user(const DatabaseArguments& database, const std::string& name, const std::string& email,
                const std::string& role, const std::string& language);
int list_users(const DatabaseArguments& database, bool json);
// verb: disable, enable, reset (`totp`: the second factor goes, too)
int change_user(const DatabaseArguments& database, const std::string& verb, const std::string& name,
                bool totp);
int list_cases(const DatabaseArguments& database, const std::string& state, const std::string& text,
               int limit, bool json);
int show_case(const DatabaseArguments& database, long long number, bool json);
int show_sms(const std::string& text, const std::string& transliterate, bool json);
int show_mail_health(const DatabaseArguments& database, int days, bool json);
// What we report to providers (docs/reporter.md).
struct ReportArguments {
  std::string provider, class_name, subject, by, reason, wait;  // wait: empty, reaction or answer
  std::vector<std::string> attach;
  bool json = false;
};
int file_report(const DatabaseArguments& database, const ReportArguments& arguments);
int list_reports(const DatabaseArguments& database, bool all, bool json);
int show_report(const DatabaseArguments& database, long long id, bool json);
int change_report(const DatabaseArguments& database, long long id, const std::string& verb,
                  const ReportArguments& arguments);
int run_reports(const DatabaseArguments& database, bool until_done);
int prove_report(const DatabaseArguments& database, long long id);
int verify_proof(const DatabaseArguments& database, const std::string& file, const std::string& key);

int backup(const DatabaseArguments& database, const std::string& path);
int restore(const DatabaseArguments& database, const std::string& path);
int verify(const DatabaseArguments& database, const std::string& path, bool json);  // path: a backup instead

// 0 no law was broken, 1 one was.
int simulate(unsigned long long seed, double years, int seeds, bool in_memory, bool json);
int simulate_table(unsigned long long seed, int reports, bool svg, bool json);
int simulate_two_sides(unsigned long long seed, double years, int seeds, bool in_memory, bool json);

}  // namespace hejnal::app
