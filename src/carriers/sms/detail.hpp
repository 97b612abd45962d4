// What the gateways share. Internal to carriers/sms.
#pragma once

#include <string>

#include "carriers/sms/gateway.hpp"

namespace hejnal::carriers::sms {

using Outcome = ports::SmsResult::Outcome;

// Of each kind, a factory.
std::unique_ptr<Gateway> kannel(GatewaySettings settings, ports::HttpCaller& http);
std::unique_ptr<Gateway> smsapi(GatewaySettings settings, ports::HttpCaller& http);
std::unique_ptr<Gateway> twilio(GatewaySettings settings, ports::HttpCaller& http);
std::unique_ptr<Gateway> plain_http(GatewaySettings settings, ports::HttpCaller& http);
std::unique_ptr<Gateway> gammu(GatewaySettings settings);

// No answer, or one that no gateway gives: what is true of every HTTP gateway. Nothing when the answer is to
// be read by the gateway itself.
std::optional<ports::SmsResult> no_answer(const ports::HttpAnswer& answer);
// The first words of a body, on one line.
std::string excerpt(std::string_view body, std::size_t max_bytes = 160);
// The fields of a call: of its body where it is a form, else of its query.
wire::FormFields fields_of(const ports::Request& request);
std::string without_plus(std::string_view number);
// An id for an SMS whose gateway gives none: the same bytes twice are one SMS.
std::string id_of(std::initializer_list<std::string_view> parts);
// hook_url + "/report?key=…"
std::string report_url(const GatewaySettings& settings, std::string_view key);
// An SMS as the desk takes it.
HeardSms heard_sms(const GatewaySettings& settings, std::string_view from, std::string_view to,
                   std::string_view text, std::string_view id);

}  // namespace hejnal::carriers::sms
