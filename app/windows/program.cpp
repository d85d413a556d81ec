// SPDX-License-Identifier: MIT

/// The program itself, in hashira-core.dll.
int HASHIRA_MAIN(int argc, char** argv);

int main(int argc, char** argv) {
    return HASHIRA_MAIN(argc, argv);
}
