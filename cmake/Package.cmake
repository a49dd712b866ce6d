# SPDX-License-Identifier: EUPL-1.2
# The Debian package that `./dev package` makes: the program, the pages, a unit and a user for each
# service (packaging/), and what an operator reads.
include(GNUInstallDirs)
# Packing builds nothing: what is packed was built before, and tests are not.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
install(TARGETS urna DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB urna_units CONFIGURE_DEPENDS packaging/systemd/*.service)
install(FILES ${urna_units} DESTINATION lib/systemd/system)
install(FILES packaging/sysusers.conf DESTINATION lib/sysusers.d RENAME urna.conf)
install(DIRECTORY web/site/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/urna/site OPTIONAL)
install(DIRECTORY web/desk/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/urna/desk OPTIONAL)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING
        PATTERN images EXCLUDE PATTERN *.md PATTERN *.cddl PATTERN *.yaml)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME urna)
set(CPACK_PACKAGE_VENDOR urna)
set(CPACK_PACKAGE_CONTACT "urna maintainers <maintainers@urna.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Participatory-budget vote that anyone can verify")
set(CPACK_PACKAGE_DESCRIPTION "Registrar, pseudonym keepers, ballot box and officials' desk of an election\nin which stolen personal data cannot cast a vote, and the tools of trustees,\nwitnesses and verifiers.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "fonts-dejavu-core, systemd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "poppler-utils, tesseract-ocr, tesseract-ocr-pol")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql-15")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/postinst ${CMAKE_SOURCE_DIR}/packaging/prerm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
include(CPack)
