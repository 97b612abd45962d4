#include "wire/mail/gmime.hpp"

namespace hejnal::wire {

GMimeParserOptions* mail_options() {
  static GMimeParserOptions* const options = [] {
    g_mime_init();
    GMimeParserOptions* made = g_mime_parser_options_new();
    g_mime_parser_options_set_address_compliance_mode(made, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_parameter_compliance_mode(made, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_allow_addresses_without_domain(made, TRUE);  // "MAILER-DAEMON"
    return made;
  }();
  return options;
}

}  // namespace hejnal::wire
