#include "net/smtp_sender.hpp"

#include <algorithm>
#include <atomic>

#include "base/text.hpp"
#include "net/detail/curl.hpp"
#include "net/detail/work_queue.hpp"

namespace hejnal::net {

namespace {

using ports::OutgoingMail;
using ports::SendResult;
using Outcome = ports::SendResult::Outcome;

// How far one conversation has come: the last command that was sent.
enum class Phase { before_rcpt, rcpt, data };

struct Transfer {
  const OutgoingMail* mail = nullptr;
  std::size_t read = 0;
  Phase phase = Phase::before_rcpt;
  bool over = false;  // QUIT was said: what comes now is no verdict
  int code = 0;       // of the last whole reply
  std::string text;   // of that reply
  const std::atomic<bool>* abort = nullptr;
};

void note_reply(Transfer& transfer, std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const bool has_code = line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3,
                                                        [](char c) { return c >= '0' && c <= '9'; });
  if (!has_code) return;
  transfer.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  transfer.text = std::string(line.substr(0, 500));
}

// curl tells here what it says and hears; its own result codes differ between versions.
int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  if (user == nullptr) return 0;  // only QUIT is left to say
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view text(data, size);
  if (type == CURLINFO_HEADER_OUT) {
    if (text.starts_with("RCPT ")) transfer.phase = Phase::rcpt;
    if (text.starts_with("DATA")) transfer.phase = Phase::data;
    if (text.starts_with("QUIT")) transfer.over = true;
    if (!transfer.over) transfer.code = 0;
  } else if (type == CURLINFO_HEADER_IN && !transfer.over) {
    note_reply(transfer, text);
  }
  return 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  transfer.code = 0;  // what DATA was answered is not the verdict
  const std::string_view left = std::string_view(transfer.mail->bytes).substr(transfer.read);
  const std::size_t bytes = left.copy(buffer, size * count);
  transfer.read += bytes;
  return bytes;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->abort->load() ? 1 : 0;
}

Outcome outcome_of(CURLcode result, const Transfer& transfer) {
  if (result == CURLE_OK) return Outcome::handed_over;
  if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL ||
      result == CURLE_SSL_CACERT_BADFILE) {
    return Outcome::our_mistake;
  }
  if (transfer.code >= 500 && transfer.code < 600) {
    return transfer.phase == Phase::before_rcpt ? Outcome::our_mistake : Outcome::refused;
  }
  if (transfer.code >= 400 && transfer.code < 500) return Outcome::try_later;
  // No mechanism that both sides know, say: no reply of the server tells it.
  if (result == CURLE_LOGIN_DENIED) return Outcome::our_mistake;
  return Outcome::try_later;
}

// A connection that was used before may have been closed by the other side in the meantime.
bool was_stale(CURL* handle, CURLcode result, const Transfer& transfer) {
  long fresh_connections = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &fresh_connections);
  const bool cut = transfer.code == 0 || transfer.code == 421;
  return result != CURLE_OK && result != CURLE_ABORTED_BY_CALLBACK && fresh_connections == 0 && cut &&
         transfer.phase != Phase::data;
}

// What could end the command line or the path is no address.
bool can_be_said(std::string_view address) {
  return std::none_of(address.begin(), address.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '<' || c == '>';
  });
}

}  // namespace

struct SmtpSender::State {
  struct Job {
    OutgoingMail mail;
    std::function<void(SendResult)> done;
  };

  struct Hand;

  explicit State(SmtpSenderOptions sender_options);

  SendResult deliver(CURL* handle, const OutgoingMail& mail) const;
  void configure(CURL* handle) const;
  CURLcode perform(CURL* handle, const OutgoingMail& mail, Transfer& transfer, char* error) const;

  const SmtpSenderOptions options;
  WorkQueue<Job> queue;  // last: its threads use the rest
};

struct SmtpSender::State::Hand final : WorkQueue<Job>::Worker {
  explicit Hand(const State& of) : state(of) {}

  void run(Job job) override {
    if (!handle) {
      handle = new_curl_handle();
      state.configure(handle.get());
    }
    job.done(state.deliver(handle.get(), job.mail));
  }
  void refuse(Job job) override { job.done({Outcome::try_later, 0, "the server is shutting down"}); }
  void rest() override { handle.reset(); }  // QUIT

  const State& state;
  CurlHandle handle;
};

SmtpSender::State::State(SmtpSenderOptions sender_options)
    : options(std::move(sender_options)),
      queue({"hejnal-smtp", options.threads, options.queue, options.keep_connection},
            [this] { return std::make_unique<Hand>(*this); }) {}

void SmtpSender::State::configure(CURL* handle) const {
  set_login(handle, {options.starttls, options.user, options.password, options.ca_file});
  const std::string url = options.url + "/" + options.host_name;  // the path is what EHLO says
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(options.response_timeout / 1s));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(
      handle, CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
}

CURLcode SmtpSender::State::perform(CURL* handle, const OutgoingMail& mail, Transfer& transfer,
                                    char* error) const {
  transfer = {};
  transfer.mail = &mail;
  transfer.abort = &queue.cut();
  error[0] = '\0';
  const CurlList recipient(curl_slist_append(nullptr, mail.envelope_to.c_str()));
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, mail.envelope_from.c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipient.get());
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.bytes.size()));
  curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  const CURLcode result = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, nullptr);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  return result;
}

SendResult SmtpSender::State::deliver(CURL* handle, const OutgoingMail& mail) const {
  Transfer transfer;
  char error[CURL_ERROR_SIZE];
  CURLcode result = perform(handle, mail, transfer, error);
  if (was_stale(handle, result, transfer)) {
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    result = perform(handle, mail, transfer, error);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 0L);
  }
  // The transfer is over: curl still says QUIT when the handle goes, and must not tell us here any more.
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, nullptr);
  SendResult sent{outcome_of(result, transfer), transfer.code, transfer.text};
  if (transfer.code == 0) sent.text = error[0] != '\0' ? error : curl_easy_strerror(result);
  sent.text = one_line(sent.text);  // the other side's bytes, for people and journals
  return sent;
}

SmtpSender::SmtpSender(SmtpSenderOptions options) : state_(std::make_unique<State>(std::move(options))) {}

SmtpSender::~SmtpSender() = default;

void SmtpSender::send(OutgoingMail mail, std::function<void(SendResult)> done) {
  if (mail.envelope_to.empty() || !can_be_said(mail.envelope_to)) {
    return done({Outcome::refused, 0, "the recipient's address cannot be used in SMTP"});
  }
  if (!can_be_said(mail.envelope_from)) {
    return done({Outcome::our_mistake, 0, "the sender's address cannot be used in SMTP"});
  }
  State::Job job{std::move(mail), std::move(done)};
  if (state_->queue.push(std::move(job))) return;
  job.done({Outcome::try_later, 0, "too many messages wait to be sent"});
}

void SmtpSender::stop(Duration grace) { state_->queue.stop(grace); }

}  // namespace hejnal::net
