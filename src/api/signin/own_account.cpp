// What people change of their own account: the password, the second factor, its recovery codes. Each time the
// password is asked for once more, so that an open browser alone gives nothing away.
#include "api/signin/session.hpp"
#include "base/hash.hpp"
#include "base/ip_address.hpp"
#include "base/password.hpp"
#include "base/qr.hpp"
#include "base/text.hpp"
#include "base/totp.hpp"
#include "core/case_names.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kPasswordMax = 1000;
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryLetters = 16;  // 80 bits

struct Asked {
  ports::UserRow user;  // as it was when it was asked
  std::optional<Factor> factor;
};

// Not 401, which means that the session is over.
ports::Response not_shown(std::string_view detail, bool code_needed) {
  return problem(422, "Refused", detail, code_needed ? json::Object{{"code_needed", true}} : json::Object{});
}

// Is it really this person? Otherwise what to answer.
Result<std::optional<ports::Response>> ask_again(Context& context, const std::string& password,
                                                 const std::string& code, bool with_code, Asked& asked) {
  const ports::UserRow& user = asked.user = context.visit->user;
  const Instant now = context.parts.clock->now();
  const Try attempt{user.key, network_of(context.address),
                    fmt::format("session {}", context.visit->session.id)};
  if (const Duration wait = context.gate->limits.begin(attempt, now); wait > 0ms) {
    ports::Response response = problem(429, "Too often", "too many attempts; try again in a few minutes");
    response.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(1, wait / 1s)));
    return std::optional(std::move(response));
  }
  if (user.password.empty()) return std::optional(not_shown("this account has no password", false));
  if (!password_fits(user.password, password))
    return std::optional(not_shown("the password is wrong", false));
  if (with_code && !user.totp.empty()) {
    if (is_blank(code)) {
      context.gate->limits.undo(attempt, now);
      return std::optional(not_shown("a code of the second factor is needed", true));
    }
    asked.factor = factor_of(context, user, code, now);
    if (!asked.factor) return std::optional(not_shown("the code is wrong, or was used before", true));
  }
  context.gate->limits.succeeded(attempt, now);
  return std::optional<ports::Response>();
}

// The account as it is now, if it is still the one that was asked about.
Result<ports::UserRow> same_user(desk::Desk& desk, const Asked& asked) {
  HEJNAL_TRY(ports::UserRow user, user_with(desk, asked.user.id));
  if (user.password != asked.user.password || user.totp != asked.user.totp || user.disabled)
    return fail(Fault::conflict, "the account was changed meanwhile");
  if (asked.factor) {
    HEJNAL_TRY(const bool good, use_factor(desk, user, *asked.factor));
    if (!good) return fail(Fault::refused, "the code is wrong, or was used before");
  }
  return user;
}

Result<json::Array> new_recovery_codes(desk::Desk& desk, std::int64_t user) {
  json::Array shown;
  std::vector<std::string> hashes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    const std::string code = desk.random_text(core::kTokenAlphabet, kRecoveryLetters);
    hashes.push_back(recovery_hash(user, code));
    std::string groups;
    for (std::size_t at = 0; at < code.size(); at += 4) groups += (at ? "-" : "") + code.substr(at, 4);
    shown.push_back(json::Value(groups));
  }
  HEJNAL_TRY_VOID(desk.store().accounts().set_recovery_codes(user, hashes));
  return shown;
}

ports::Response secret_response(json::Object object) {
  ports::Response response = json_response(std::move(object));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::string recovery_hash(std::int64_t user, std::string_view code) {
  return sha256_hex(fmt::format("recovery {} {}", user, code));
}

Result<ports::Response> change_password(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string password = body.text("password", true, kPasswordMax);
  const std::string fresh = body.text("new_password", true, kPasswordMax);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(check_password(fresh, context.visit->user.name));
  Asked asked;
  HEJNAL_TRY(auto refused, ask_again(context, password, {}, false, asked));
  if (refused) return std::move(*refused);
  HEJNAL_TRY(const std::string hash, hash_password(fresh));
  ports::UserRow user;
  HEJNAL_TRY(const Begun begun, on_ledger<Begun>(context, [&](desk::Desk& desk) -> Result<Begun> {
               HEJNAL_TRY(user, same_user(desk, asked));
               user.password = hash;
               Ended ended;
               HEJNAL_TRY_VOID(end_sessions(desk, user.id, 0, ended));
               HEJNAL_TRY(Begun begun_now, begin_session(context, desk, user));
               begun_now.ended.insert(begun_now.ended.end(), ended.begin(), ended.end());
               return begun_now;
             }));
  return begun_response(context, user, begun);
}

Result<ports::Response> begin_totp(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string password = body.text("password", true, kPasswordMax);
  const std::string code = body.line("code", false, 100);
  HEJNAL_TRY_VOID(body.finish());
  Asked asked;
  HEJNAL_TRY(auto refused, ask_again(context, password, code, true, asked));
  if (refused) return std::move(*refused);
  std::string secret(kTotpSecretBytes, '\0');
  fill_random(secret.data(), secret.size());
  const Status done = run_on_ledger(context, [&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(ports::UserRow user, same_user(desk, asked));
    user.totp_next = context.gate->lock_up_totp(user.id, secret);
    return desk.store().accounts().set_user(user);
  });
  HEJNAL_TRY_VOID(done);
  const std::string uri = otpauth_uri(context.parts.desk_name, asked.user.name, secret);
  HEJNAL_TRY(const std::string svg, qr_svg(uri));
  return secret_response({{"secret", base32(secret)}, {"uri", uri}, {"qr", svg}});
}

Result<ports::Response> confirm_totp(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string code = body.line("code", true, 100);
  HEJNAL_TRY_VOID(body.finish());
  std::string plain;
  for (const char c : code) {
    if (c >= '0' && c <= '9') plain += c;
  }
  const ports::UserRow& before = context.visit->user;
  if (before.totp_next.empty()) return fail(Fault::conflict, "no second factor is being set up");
  const auto secret = context.gate->unlock_totp(before.id, before.totp_next);
  const auto step = secret ? totp_step_of(*secret, plain, context.parts.clock->now(), 0) : std::nullopt;
  if (!step) return not_shown("the code is wrong; is the clock of the phone right?", true);
  HEJNAL_TRY(json::Array codes, on_ledger<json::Array>(context, [&](desk::Desk& desk) -> Result<json::Array> {
               HEJNAL_TRY(ports::UserRow user, user_with(desk, before.id));
               if (user.totp_next != before.totp_next || user.disabled)
                 return fail(Fault::conflict, "the account was changed meanwhile");
               user.totp = std::exchange(user.totp_next, {});
               user.totp_step = *step;
               HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
               return new_recovery_codes(desk, user.id);
             }));
  return secret_response({{"recovery_codes", std::move(codes)}});
}

Result<ports::Response> remove_totp(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string password = body.text("password", true, kPasswordMax);
  const std::string code = body.line("code", false, 100);
  HEJNAL_TRY_VOID(body.finish());
  if (context.gate->settings().totp_required)
    return fail(Fault::conflict, "this desk requires a second factor; set up another one instead");
  Asked asked;
  HEJNAL_TRY(auto refused, ask_again(context, password, code, true, asked));
  if (refused) return std::move(*refused);
  const Status done = run_on_ledger(context, [&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(ports::UserRow user, same_user(desk, asked));
    user.totp.clear();
    user.totp_next.clear();
    HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
    return desk.store().accounts().set_recovery_codes(user.id, {});
  });
  HEJNAL_TRY_VOID(done);
  return json_response(json::Object{{"totp", false}});
}

Result<ports::Response> renew_recovery_codes(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string password = body.text("password", true, kPasswordMax);
  const std::string code = body.line("code", false, 100);
  HEJNAL_TRY_VOID(body.finish());
  if (context.visit->user.totp.empty()) return fail(Fault::conflict, "there is no second factor yet");
  Asked asked;
  HEJNAL_TRY(auto refused, ask_again(context, password, code, true, asked));
  if (refused) return std::move(*refused);
  HEJNAL_TRY(json::Array codes, on_ledger<json::Array>(context, [&](desk::Desk& desk) -> Result<json::Array> {
               HEJNAL_TRY(const ports::UserRow user, same_user(desk, asked));
               HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
               return new_recovery_codes(desk, user.id);
             }));
  return secret_response({{"recovery_codes", std::move(codes)}});
}

}  // namespace hejnal::api
